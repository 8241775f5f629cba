"""The SQL of many.py, in the order in which it runs for one partnership. Each makes a table's rows from the temporary table ``made``.

Keys are hashes of the seed and the number, so that the same seed makes the same rows. Written as the owner: the locks hold for it too,
so what is signed or complete is written open, with its parts, and then locked like everything else.
"""

#: One row a client: numbers, keys, dates, who works with them. %(…)s come from many.py.
MADE = """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT base.*,
    md5(%(seed)s || ':client:' || n)::uuid AS client_id,
    md5(%(seed)s || ':episode:' || n)::uuid AS episode_id,
    md5(%(seed)s || ':plan:' || n)::uuid AS plan_id,
    md5(%(seed)s || ':version:' || n)::uuid AS version_id,
    (%(first_names)s::text[])[1 + (h1 %% %(first_names_count)s)] AS first_name,
    -- One surname in sixty is the same: a search for it must stay quick.
    CASE WHEN n %% 60 = 0 THEN 'Aldermere' ELSE (%(last_names)s::text[])[1 + (h2 %% %(last_names_count)s)] END AS last_name,
    CASE WHEN n %% 20 = 0 THEN 'referral' WHEN n %% 20 = 1 THEN 'triage' WHEN n %% 20 < 4 THEN 'discharged' ELSE 'treatment' END AS state,
    %(today)s::date - 40 - (h3 %% 500)::int AS referred_on,
    %(today)s::date - 30 + (h4 %% 170)::int AS due_on,
    w.agency_id, w.person_id, w.name AS worker, w.telephone AS worker_telephone
FROM (
    SELECT n, ('x' || substr(md5(%(seed)s || n), 1, 7))::bit(28)::int AS h1, ('x' || substr(md5(%(seed)s || n), 8, 7))::bit(28)::int AS h2,
        ('x' || substr(md5(%(seed)s || n), 15, 7))::bit(28)::int AS h3, ('x' || substr(md5(%(seed)s || n), 22, 7))::bit(28)::int AS h4
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
) base
JOIN workers w ON w.place = base.n %% %(workers)s
"""

#: A reference with its check character, as clients.finding.reference makes it; 7,919 and 29 have no factor in common, so none comes twice.
REFERENCE = """
CREATE TEMPORARY TABLE referred ON COMMIT DROP AS
SELECT n, substr(%(alphabet)s, d0 + 1, 1) || substr(%(alphabet)s, d1 + 1, 1) || substr(%(alphabet)s, d2 + 1, 1) || '-'
    || substr(%(alphabet)s, d3 + 1, 1) || substr(%(alphabet)s, d4 + 1, 1) || substr(%(alphabet)s, d5 + 1, 1)
    || substr(%(alphabet)s, (2 * d0 + 3 * d1 + 4 * d2 + 5 * d3 + 6 * d4 + 7 * d5) %% 29 + 1, 1) AS reference
FROM (
    SELECT n, (b %% 29)::int AS d0, (b / 29 %% 29)::int AS d1, (b / 841 %% 29)::int AS d2, (b / 24389 %% 29)::int AS d3,
        (b / 707281 %% 29)::int AS d4, (b / 20511149 %% 29)::int AS d5
    FROM (SELECT n, (n * 7919 + 104729) %% 594823321 AS b FROM made) numbers
) digits
"""

CLIENTS = """
INSERT INTO clients_client (id, row_version, partnership_id, reference, first_name, last_name, name_used, date_of_birth, sex, telephone,
    address, safety_warning, registered_at, registered_by_id)
SELECT client_id, 1, %(partnership)s, reference, first_name, last_name, '', date '1966-01-01' + (h2 %% 13000)::int,
    CASE WHEN h1 %% 100 < 72 THEN 'M' ELSE 'F' END, '07700 900' || lpad((h3 %% 1000)::text, 3, '0'),
    (1 + h4 %% 98) || ' Otterlode Street, Tansybridge, ZZ1 1AB', CASE WHEN n %% 50 = 7 THEN 'Two workers, no home visit.' ELSE '' END,
    referred_on + time '10:00', person_id
FROM made JOIN referred USING (n)
"""

ACCESS = """
INSERT INTO carehub_access (id, partnership_id, client_id, agency_id, basis, parts, rests_on, since)
SELECT md5(%(seed)s || ':access:' || n)::uuid, %(partnership)s, client_id, agency_id, 'episode', '{}', episode_id,
    referred_on + time '10:00'
FROM made
"""

SAFE_CONTACT = """
INSERT INTO clients_safecontact (id, row_version, partnership_id, client_id, by_telephone, by_voicemail, by_text, by_post, by_visit,
    what_to_say, who_must_not_know, asked_on)
SELECT md5(%(seed)s || ':contact:' || n)::uuid, 1, %(partnership)s, client_id, true, h1 %% 2 = 0, h2 %% 3 > 0, h3 %% 3 = 0, false,
    'Say your first name only.', '', referred_on
FROM made
"""

EPISODES = """
INSERT INTO clients_episode (id, row_version, partnership_id, client_id, agency_id, state, referred_on, referral_source, keyworker_id,
    main_substance, triaged_on, discharged_on, discharge_reason, ending, next_due_what, next_due_on, risk, risk_words, risk_asked_on,
    urgency, scores, risk_begun, risk_plan_covers, comprehensive_declined_why)
SELECT episode_id, 1, %(partnership)s, client_id, agency_id, state, referred_on, CASE WHEN h1 %% 100 < 43 THEN '4' ELSE '3' END, person_id,
    CASE WHEN state = 'referral' THEN '' ELSE s.main END, CASE WHEN state <> 'referral' THEN referred_on + 3 END,
    CASE WHEN state = 'discharged' THEN least(referred_on + 30 + (h2 %% 300)::int, %(today)s::date - 1) END,
    CASE WHEN state = 'discharged' THEN '85' ELSE '' END, CASE WHEN state = 'discharged' THEN 'unplanned' ELSE '' END,
    CASE state WHEN 'referral' THEN 'triage' WHEN 'triage' THEN 'plan' WHEN 'treatment' THEN 'review' ELSE '' END,
    CASE WHEN state <> 'discharged' THEN due_on END,
    CASE WHEN state = 'referral' THEN '' ELSE s.risk END, CASE WHEN state = 'referral' THEN '[]'::jsonb ELSE s.risk_words END,
    CASE WHEN state <> 'referral' THEN referred_on + 3 END, CASE WHEN state = 'referral' THEN '' ELSE 'usual' END, '{}'::jsonb,
    '[]'::jsonb, '[]'::jsonb, ''
FROM made JOIN samples s ON s.place = made.n %% %(samples)s
"""

#: Three assessments a client; one draft of a form at a time, so one after the other: written, its risks with it, locked.
ASSESSMENTS = """
INSERT INTO clients_assessment (id, row_version, partnership_id, client_id, episode_id, agency_id, form, form_version, form_fingerprint,
    state, answers, took_place_on, started_at, started_by_id, risk, form_edition, only_sections, sections, on_paper,
    by_link_from, corrects_why)
SELECT md5(%(seed)s || ':assessment:' || %(round)s || n)::uuid, 2, %(partnership)s, client_id, episode_id, agency_id, 'triage',
    %(form_version)s, %(fingerprint)s, 'draft', s.answers, referred_on + 3 + 12 * %(round)s,
    referred_on + 3 + 12 * %(round)s + time '11:00', person_id, '', 0, '[]'::jsonb, '{}'::jsonb, false, '', ''
FROM made JOIN samples s ON s.place = made.n %% %(samples)s WHERE state <> 'referral'
"""
RISKS = """
INSERT INTO clients_riskfound (id, partnership_id, client_id, assessment_id, area, level, words, third_party)
SELECT md5(%(seed)s || ':risk:' || %(round)s || n)::uuid, %(partnership)s, client_id,
    md5(%(seed)s || ':assessment:' || %(round)s || n)::uuid, s.area, s.level, s.words, false
FROM made JOIN samples s ON s.place = made.n %% %(samples)s WHERE state <> 'referral' AND s.area <> '' AND %(round)s = 2
"""
LOCK_RISKS = """
UPDATE clients_riskfound SET locked_at = a.started_at + interval '20 minutes' FROM clients_assessment a, made
WHERE assessment_id = a.id AND a.episode_id = made.episode_id AND a.locked_at IS NULL
"""
LOCK_ASSESSMENTS = """
UPDATE clients_assessment a SET state = 'complete', completed_at = started_at + interval '20 minutes', completed_by_id = started_by_id,
    locked_at = started_at + interval '20 minutes', risk = s.risk
FROM made JOIN samples s ON s.place = made.n %% %(samples)s WHERE a.episode_id = made.episode_id AND a.locked_at IS NULL
"""

PLANS = """
INSERT INTO careplans_careplan (id, row_version, partnership_id, client_id, episode_id, agency_id, kind, lead, state, begun_at, begun_by_id,
    risk_when_signed, closed_at, closed_by_id, closed_why)
SELECT plan_id, 1, %(partnership)s, client_id, episode_id, agency_id, 'initial', true,
    CASE WHEN state = 'discharged' THEN 'closed' ELSE 'begun' END, referred_on + 10 + time '11:00', person_id, '',
    CASE WHEN state = 'discharged' THEN referred_on + 10 + time '11:00' END, CASE WHEN state = 'discharged' THEN person_id END,
    CASE WHEN state = 'discharged' THEN 'treatment-ended' ELSE '' END
FROM made WHERE state IN ('treatment', 'discharged')
"""
VERSIONS = """
INSERT INTO careplans_planversion (id, row_version, partnership_id, client_id, plan_id, number, state, strengths, supports_the_wait,
    harm_reduction, if_difficult, way_back, sharing, disagreement, next_review_on, unfinished, begun_at, begun_by_id,
    agreed_at, agreed_by_id, agreed_text, as_signed, phase, admission, residential_need, aftercare, responsibilities)
SELECT version_id, 2, %(partnership)s, client_id, plan_id, 1, 'agreed', 'I turn up.', 'The drop-in every weekday.',
    'Never alone, less after a break.', 'I ring the duty worker.', 'I walk in on any weekday.', 'My GP may know.', '', due_on, '{}',
    referred_on + 10 + time '11:00', person_id, referred_on + 10 + time '11:30', person_id, md5(version_id::text) || md5(plan_id::text),
    jsonb_build_object('title', 'Initial care plan', 'partnership', %(partnership_name)s, 'review_rule', 'Reviewed again within 4 weeks.',
        'check_url', '', 'treatments', '{}'::jsonb, 'risk_areas', '[]'::jsonb, 'sharing', '',
        'keyworker', jsonb_build_object('name', worker, 'telephone', worker_telephone),
        'agency', (SELECT jsonb_build_object('name', a.name, 'telephone', a.telephone, 'opening_hours', a.opening_hours,
            'address', a.address) FROM carehub_agency a WHERE a.id = made.agency_id),
        'client', jsonb_build_object('name', first_name || ' ' || last_name, 'name_used', '', 'known_as', first_name,
            'reference', reference, 'date_of_birth', (date '1966-01-01' + (h2 %% 13000)::int)::text)), '', '', '', '', ''
FROM made JOIN referred USING (n) WHERE state IN ('treatment', 'discharged')
"""
_WITH_PARTS = "FROM made, generate_series(0, {last}) AS k WHERE state IN ('treatment', 'discharged') AND n %% %(parts_every)s = 0"
GOALS = """
INSERT INTO careplans_goal (id, partnership_id, client_id, version_id, position, domain, client_words, service_words)
SELECT md5(%(seed)s || ':goal:' || k || n)::uuid, %(partnership)s, client_id, version_id, k,
    (ARRAY['drugs-and-alcohol', 'social'])[k + 1], (ARRAY['I want a steady week.', 'I want my own front door.'])[k + 1],
    (ARRAY['Two weeks without use on top.', 'Housing application in with all papers.'])[k + 1]
""" + _WITH_PARTS.format(last=1)
ACTIONS = """
INSERT INTO careplans_action (id, partnership_id, client_id, version_id, goal_id, position, what, who, who_name, by_when, intervention,
    milestone)
SELECT md5(%(seed)s || ':action:' || k || n)::uuid, %(partnership)s, client_id, version_id, md5(%(seed)s || ':goal:' || k / 2 || n)::uuid,
    k, (ARRAY['Come every two weeks', 'Keep the diary', 'Fill in the application', 'Get the proof of identity'])[k + 1],
    (ARRAY['client', 'client', 'keyworker', 'client'])[k + 1], '', due_on, '', ''
""" + _WITH_PARTS.format(last=3)
NEEDS = """
INSERT INTO careplans_need (id, partnership_id, client_id, version_id, position, domain, source, area, words, standing, third_party)
SELECT md5(%(seed)s || ':need:' || k || n)::uuid, %(partnership)s, client_id, version_id, k,
    (ARRAY['drugs-and-alcohol', 'health', 'social'])[k + 1], 'assessment', '',
    (ARRAY['Main problem: Heroin', 'Sleeps badly', 'Housing: a problem'])[k + 1], CASE WHEN k = 1 THEN 'later' ELSE 'now' END, false
""" + _WITH_PARTS.format(last=2)
SIGNATURES = """
INSERT INTO careplans_signature (id, partnership_id, client_id, version_id, party, name, how, follow_up_on, signed_on, reason, strokes,
    agreed_text, recorded_at, recorded_by_id)
SELECT md5(%(seed)s || ':signature:' || k || n)::uuid, %(partnership)s, client_id, version_id, (ARRAY['client', 'keyworker'])[k + 1],
    CASE WHEN k = 0 THEN first_name || ' ' || last_name ELSE worker END, CASE WHEN k = 0 AND n %% 60 = 8 THEN 'verbal' ELSE 'screen' END,
    CASE WHEN k = 0 AND n %% 60 = 8 THEN due_on END, referred_on + 10, '', '',
    md5(version_id::text) || md5(plan_id::text), referred_on + 10 + time '11:40', person_id
""" + _WITH_PARTS.format(last=1)
LOCK_PART = """
UPDATE {table} part SET locked_at = referred_on + 10 + time '11:40' FROM made WHERE part.version_id = made.version_id
"""
LOCK_VERSIONS = """
UPDATE careplans_planversion v SET state = 'signed', signed_on = referred_on + 10, locked_at = referred_on + 10 + time '11:40'
FROM made WHERE v.id = made.version_id
"""
CURRENT = """
UPDATE careplans_careplan p SET current_id = version_id, state = CASE WHEN made.state = 'discharged' THEN 'closed' ELSE 'current' END,
    review_due_on = CASE WHEN made.state = 'discharged' THEN NULL ELSE due_on END, risk_when_signed = e.risk
FROM made JOIN clients_episode e ON e.id = made.episode_id WHERE p.id = made.plan_id
"""

#: Its file, of which there are no bytes; one document in fifty could not be made.
_WITH_FILE = _WITH_PARTS.format(last=0) + " AND n %% 200 <> 16"
FILES = (
    """
INSERT INTO carehub_storedfile (id, partnership_id, client_id, agency_id, sha256, size, content_type, original_name, purpose, stored_at)
SELECT md5(%(seed)s || ':file:' || n)::uuid, %(partnership)s, client_id, agency_id, md5(version_id::text) || md5(client_id::text), 90000,
    'application/pdf', '', 'care-plan', referred_on + 10 + time '11:41'
"""
    + _WITH_FILE
)
DOCUMENTS = """
INSERT INTO carehub_document (id, partnership_id, client_id, agency_id, kind, subject_id, discreet, beside, beside_sha256, asked_by_id,
    state, asked_at, made_at, file_id, unsealed_sha256, sealed_sha256, pages)
SELECT md5(%(seed)s || ':document:' || n)::uuid, %(partnership)s, made.client_id, made.agency_id, 'care-plan', version_id, false, '{}', '',
    person_id, CASE WHEN f.id IS NULL THEN 'failed' ELSE 'ready' END, referred_on + 10 + time '11:40', f.stored_at, f.id,
    coalesce(f.sha256, ''), coalesce(f.sha256, ''), CASE WHEN f.id IS NOT NULL THEN 2 END
FROM made LEFT JOIN carehub_storedfile f ON f.id = md5(%(seed)s || ':file:' || n)::uuid
WHERE state IN ('treatment', 'discharged') AND n %% %(parts_every)s = 0
"""
#: Work that waits: drafts left, plans agreed and not signed, plans returned, reviews put off; each with some of the clients who have parts.
NEXT_VERSIONS = """
INSERT INTO careplans_planversion (id, row_version, partnership_id, client_id, plan_id, number, state, copied_from_id, strengths,
    supports_the_wait, harm_reduction, if_difficult, way_back, sharing, disagreement, next_review_on, unfinished, begun_at, begun_by_id,
    agreed_at, agreed_by_id, agreed_text, as_signed, phase, admission, residential_need, aftercare, responsibilities)
SELECT md5(%(seed)s || ':next:' || n)::uuid, 2, %(partnership)s, made.client_id, made.plan_id, 2,
    CASE WHEN agreed THEN 'agreed' ELSE 'draft' END, version_id, strengths, supports_the_wait, harm_reduction, if_difficult,
    way_back, sharing, '', next_review_on, '{}', %(today)s::date - 30 + time '11:00', person_id,
    CASE WHEN agreed THEN %(today)s::date - 20 + time '11:00' END,
    CASE WHEN agreed THEN person_id END, CASE WHEN agreed THEN agreed_text ELSE '' END, '{}', '', '', '', '', ''
FROM made JOIN careplans_planversion v ON v.id = made.version_id, LATERAL (SELECT n %% 60 = 48 AS agreed) a WHERE n %% 60 IN (28, 48)
"""
RETURNS = """
INSERT INTO careplans_planreturn (id, partnership_id, client_id, agency_id, version_id, mend, words, returned_at, returned_by_id,
    mended_words)
SELECT md5(%(seed)s || ':return:' || n)::uuid, %(partnership)s, client_id, agency_id, version_id, 'now', 'Name the GP.',
    %(today)s::date - 3 + time '11:00', person_id, ''
FROM made WHERE n %% 60 = 12
"""
PUT_OFFS = """
INSERT INTO careplans_reviewputoff (id, partnership_id, client_id, agency_id, plan_id, of_version_id, reason, words, until, put_off_at,
    put_off_by_id)
SELECT md5(%(seed)s || ':put-off:' || n)::uuid, %(partnership)s, client_id, agency_id, plan_id, version_id, 'not-well', '',
    %(today)s::date + 7, %(today)s::date - 2 + time '11:00', person_id
FROM made WHERE state = 'treatment' AND n %% 60 = 24
"""

#: name → SQL, in order. What stands under 'rounds' runs three times.
BEFORE = {
    "numbers": MADE,
    "references": REFERENCE,
    "clients": CLIENTS,
    "access": ACCESS,
    "safe contact": SAFE_CONTACT,
    "episodes": EPISODES,
}
ROUNDS = {"assessments": ASSESSMENTS, "risks": RISKS, "risks locked": LOCK_RISKS, "assessments locked": LOCK_ASSESSMENTS}
AFTER = {
    "plans": PLANS,
    "versions": VERSIONS,
    "goals": GOALS,
    "actions": ACTIONS,
    "needs": NEEDS,
    "signatures": SIGNATURES,
    **{f"{table} locked": LOCK_PART.format(table=f"careplans_{table}") for table in ("goal", "action", "need", "signature")},
    "versions locked": LOCK_VERSIONS,
    "plans current": CURRENT,
    "files": FILES,
    "documents": DOCUMENTS,
    "next versions": NEXT_VERSIONS,
    "returns": RETURNS,
    "put off": PUT_OFFS,
}
