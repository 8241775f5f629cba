"""The second wall, written for migrations: forced row security, as plain SQL.

Why each is as it is: docs/decisions/0003-two-walls.md. What is locked: carehub.row_locks.
"""

from carehub.row_locks import APP, append_only

OWNER, COMMISSIONER = "carehub_owner", "carehub_commissioner"

_PARTNERSHIP = "(SELECT nullif(current_setting('carehub.partnership', true), '')::uuid)"
_AGENCY = "(SELECT nullif(current_setting('carehub.agency', true), '')::uuid)"
_PERSON = "(SELECT nullif(current_setting('carehub.person', true), '')::uuid)"
#: Of a deputy also the absent colleague's.
_PERSONS = "(SELECT string_to_array(current_setting('carehub.persons', true), ','))::uuid[]"
_MEMBERSHIPS = "(SELECT string_to_array(current_setting('carehub.memberships', true), ','))::uuid[]"
_ON_DUTY = "(SELECT coalesce(current_setting('carehub.duty', true), '') NOT IN ('', 'log'))"
#: The sealer's: the log of all partnerships, and nothing else.
_ON_THE_LOG = "(SELECT coalesce(current_setting('carehub.duty', true), '') = 'log')"
#: What is kept of the token of a referral link, while somebody without an account uses it.
_LINK = "(SELECT nullif(current_setting('carehub.link', true), ''))"
_NOW = "(SELECT coalesce(nullif(current_setting('carehub.now', true), '')::timestamptz, now()))"


#: Somebody in a role of the whole partnership. Behind a link nobody acts, and no agency is set either.
_OF_ALL = f"({_PERSON} IS NOT NULL AND {_AGENCY} IS NULL)"
_SOMEBODY = f"({_PERSON} IS NOT NULL OR {_ON_DUTY})"


_MINE = f"a.partnership_id = {_PARTNERSHIP} AND (a.agency_id = {_AGENCY} OR a.membership_id = ANY ({_MEMBERSHIPS}))"
_OPEN = f"a.ended_at IS NULL AND a.since <= {_NOW} AND (a.until IS NULL OR a.until > {_NOW})"


def reachable(column: str, part: str = "") -> str:
    """SQL: the acting agency or person may reach the client in ``column`` ('table.client_id') now.

    ``part``: rows of the table belong to a part (carehub.models.access.Part), and to the agency in its agency_id: that agency reads
    them, and whoever has a grant that opens the part. One question with OR inside and not two: planning takes most of the time of a
    page about one client, and each EXISTS is planned twice over, for every table of every query. For lists of thousands it costs what
    two cost, of which a hash could be made.

    EXISTS, with the table's name before its column: PostgreSQL looks rows up one by one. As IN it made a hash of all that the agency
    reaches, for each table of each query: 100 ms for one client's page where an agency reaches 12,000. The partnership stands first:
    without it the newest 25 of a million took twelve times as long.
    """
    granted = f"SELECT 1 FROM carehub_access a WHERE a.client_id = {column} AND {_MINE} AND {_OPEN}"
    if part:
        granted += f" AND ({column.split('.')[0]}.agency_id = {_AGENCY} OR '{part}' = ANY (a.parts))"
    return f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR EXISTS ({granted}))"


def _force(table: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        # Forced row security binds the owner too: without this its data migrations would silently change nothing.
        f"CREATE POLICY {table}_owner ON {table} TO {OWNER} USING (true) WITH CHECK (true)",
    ]


def client_table(table: str, client: str = "client_id", part: str = "") -> list[str]:
    """A table about clients: only rows of clients in reach, and of one's own agency or a shared ``part``, can be touched."""
    rule = reachable(f"{table}.{client}", part)
    return [*_force(table), f"CREATE POLICY {table}_app ON {table} TO {APP} USING ({rule}) WITH CHECK ({rule})"]


def clients_themselves(table: str) -> list[str]:
    """The table of clients: a new one has no access yet, so adding asks for the partnership only."""
    rule = reachable(f"{table}.id")
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({rule})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (partnership_id = {_PARTNERSHIP} AND {_SOMEBODY})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({rule}) WITH CHECK ({rule})",
        f"REVOKE DELETE, TRUNCATE ON {table} FROM {APP}",
    ]


def history_table(table: str, client: str = "client_id", part: str = "") -> list[str]:
    """Earlier states of a live row, written by a trigger while the row may already be out of reach."""
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({reachable(f'{table}.{client}', part)})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (true)",
        *append_only(table),
    ]


def access_table(table: str) -> list[str]:
    """Grants: one's own are seen and ended, and by whoever treats the client everybody's; new ones may be given to others.

    The function is not asked where the grant is one's own: every policy of every other table reads this one.
    """
    own = f"agency_id = {_AGENCY} OR membership_id = ANY ({_MEMBERSHIPS})"
    mine = f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR {own} OR carehub_treats(client_id))"
    return [
        _TREATS,
        "REVOKE ALL ON FUNCTION carehub_treats(uuid) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION carehub_treats(uuid) TO {APP}",
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({mine})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (partnership_id = {_PARTNERSHIP} AND {_SOMEBODY})",
        f"CREATE POLICY {table}_end ON {table} FOR UPDATE TO {APP} USING ({mine}) WITH CHECK (partnership_id = {_PARTNERSHIP})",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}",
        f"GRANT UPDATE (until, ended_at) ON {table} TO {APP}",
        # Withdrawn is withdrawn: who is let in again gets a grant of its own.
        f"CREATE TRIGGER {table}_ends BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION carehub_grant_only_ends()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_ends",
    ]


def partnership_table(table: str) -> list[str]:
    """What a partnership has set up for itself, without a word about a client: read and written in it alone."""
    ours = f"partnership_id = {_PARTNERSHIP}"
    return [*_force(table), f"CREATE POLICY {table}_app ON {table} TO {APP} USING ({ours}) WITH CHECK ({ours})"]


def own_table(table: str) -> list[str]:
    """Rows that are one person's alone (drafts)."""
    mine = f"partnership_id = {_PARTNERSHIP} AND person_id = {_PERSON}"
    return [*_force(table), f"CREATE POLICY {table}_app ON {table} TO {APP} USING ({mine}) WITH CHECK ({mine})"]


def notice_table(table: str) -> list[str]:
    """Notices: read by whom they are for while they may reach the client, if there is one; written by whoever has something to tell."""
    about = f"(({reachable(f'{table}.client_id')}) OR (partnership_id = {_PARTNERSHIP} AND client_id IS NULL))"
    mine = f"({_ON_DUTY} OR person_id = ANY ({_PERSONS})) AND {about}"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({mine})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (partnership_id = {_PARTNERSHIP})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({mine}) WITH CHECK ({mine})",
        f"REVOKE DELETE, TRUNCATE ON {table} FROM {APP}",
    ]


def link_table(table: str, *changed: str) -> list[str]:
    """Referral links: made and stopped by their agency and the partnership's own roles; behind a link, that one is seen and counted up."""
    own = f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR {_OF_ALL} OR agency_id = {_AGENCY})"
    behind = f"token_sha256 = {_LINK}"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING (({own}) OR {behind})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK ({own})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING (({own}) OR {behind})"
        f" WITH CHECK (({own}) OR ({behind} AND stopped_at IS NULL))",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}",
        f"GRANT UPDATE ({', '.join(changed)}) ON {table} TO {APP}",
    ]


def inbox_table(table: str, links: str) -> list[str]:
    """What is sent through one of ``links``: added by whoever holds it while it works, and read by the agency alone.

    Of somebody who has become a client, only while the agency reaches them. What is deleted after its days, a scheduled pass deletes.
    """
    granted = reachable(f"{table}.client_id")
    own = f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR (agency_id = {_AGENCY} AND (client_id IS NULL OR ({granted}))))"
    works = f"l.stopped_at IS NULL AND l.runs_out_on >= ({_NOW} AT TIME ZONE 'Europe/London')::date"
    of_link = f"l.id = {table}.link_id AND l.partnership_id = {table}.partnership_id AND l.agency_id = {table}.agency_id"
    sent = f"EXISTS (SELECT 1 FROM {links} l WHERE l.token_sha256 = {_LINK} AND {of_link} AND {works})"
    on_duty = f"partnership_id = {_PARTNERSHIP} AND {_ON_DUTY}"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({own})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (({on_duty}) OR (state = '' AND {sent}))",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({own})"
        f" WITH CHECK (partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR agency_id = {_AGENCY}))",
        f"CREATE POLICY {table}_remove ON {table} FOR DELETE TO {APP} USING ({on_duty})",
    ]


def log_table(table: str, *, client: str = "") -> list[str]:
    """The log: anybody may add, refusals and strangers included; reading asks for somebody who acts, and the client where named."""
    rule = reachable(f"{table}.{client}") if client else f"partnership_id = {_PARTNERSHIP} AND {_SOMEBODY}"
    rule = f"({rule}) OR {_ON_THE_LOG}"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({rule})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (true)",
        *append_only(table),
    ]


#: Asked as the owner, since the table's own policy cannot look into the table. Yes or no, for who acts, and nothing more.
_TREATS = f"""
CREATE FUNCTION carehub_treats(client uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
SELECT EXISTS (
    SELECT 1 FROM public.carehub_access a
    WHERE a.client_id = client AND a.basis = 'episode' AND a.partnership_id = {_PARTNERSHIP} AND a.agency_id = {_AGENCY} AND {_OPEN}
) $$
"""


def seal_table(table: str) -> list[str]:
    """The chain over the log: read and added to by the sealer alone, changed by nobody."""
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({_ON_THE_LOG})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK ({_ON_THE_LOG})",
        *append_only(table),
    ]


def about_one_client(table: str) -> list[str]:
    """``table``'s rows can be pointed at with their client, see :func:`same_client`."""
    return [f"ALTER TABLE {table} ADD CONSTRAINT {table}_about UNIQUE (id, client_id)"]


def same_client(table: str, column: str, target: str) -> list[str]:
    """What ``column`` points at is about the same client. A plain foreign key looks past row security, at anybody's rows."""
    name = f"{table.split('_', 1)[1]}_{column.removesuffix('_id')}_of_client"
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, client_id) REFERENCES {target} (id, client_id)"]


def staff_table(table: str, *changed: str) -> list[str]:
    """What concerns members of staff and no client: read by their agency and the partnership's own roles, added by a scheduled pass."""
    on_duty = f"partnership_id = {_PARTNERSHIP} AND {_ON_DUTY}"
    own = f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR {_OF_ALL} OR agency_id = {_AGENCY})"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({own})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK ({on_duty})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({own}) WITH CHECK ({own})",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}",
        f"GRANT UPDATE ({', '.join(changed)}) ON {table} TO {APP}",
    ]


def partnership_rules(table: str, *ended: str) -> list[str]:
    """What a partnership has laid down for itself: read by everybody in it, entered and ended by its own roles, never otherwise changed."""
    read = f"partnership_id = {_PARTNERSHIP}"
    own = f"{read} AND ({_OF_ALL} OR {_ON_DUTY})"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({read})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK ({own})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({own}) WITH CHECK ({own})",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}",
        *([f"GRANT UPDATE ({', '.join(ended)}) ON {table} TO {APP}"] if ended else []),
    ]


def counts_table(table: str) -> list[str]:
    """Exact counts, kept up by a scheduled pass: read by the partnership's own roles, and by an agency where they are its own."""
    own = f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR {_OF_ALL} OR agency_id = {_AGENCY})"
    on_duty = f"partnership_id = {_PARTNERSHIP} AND {_ON_DUTY}"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({own})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK ({on_duty})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({on_duty}) WITH CHECK ({on_duty})",
        f"REVOKE DELETE, TRUNCATE ON {table} FROM {APP}",
    ]


def frozen_table(table: str) -> list[str]:
    """Suppressed counts of months that are over: added once by a scheduled pass, the only thing that the commissioner's role may read."""
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP}, {COMMISSIONER} USING (partnership_id = {_PARTNERSHIP})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (partnership_id = {_PARTNERSHIP} AND {_ON_DUTY})",
        *append_only(table),
        f"GRANT SELECT ON {table} TO {COMMISSIONER}",
    ]
