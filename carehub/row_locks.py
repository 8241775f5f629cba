"""What the database refuses to change, written for migrations: append-only tables, rows that lock, rows written once; as plain SQL.

Why each is as it is: docs/decisions/0004-locks.md.
"""

APP = "carehub_app"

REFUSAL_FUNCTIONS = """
CREATE FUNCTION carehub_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
END $$;

-- A grant of access may be ended, or end sooner. It is never given back and never made longer.
CREATE FUNCTION carehub_grant_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
       OR OLD.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > OLD.until) THEN
        RAISE EXCEPTION 'access that has ended stays ended: make a new grant' USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

-- A row belongs to the agency that writes it, where it is not said otherwise (a loader says it).
CREATE FUNCTION carehub_agency_of_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.agency_id := coalesce(NEW.agency_id, nullif(current_setting('carehub.agency', true), '')::uuid);
    RETURN NEW;
END $$;

-- Whose a row is does not change: it would go from one agency's hands into another's.
CREATE FUNCTION carehub_agency_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.agency_id IS DISTINCT FROM OLD.agency_id THEN
        RAISE EXCEPTION '% belongs to the agency that wrote it', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

-- A row that locks itself (a signed version, a completed assessment). Once locked_at is set, nothing changes any more.
CREATE FUNCTION carehub_locked_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.locked_at IS NOT NULL THEN
            RAISE EXCEPTION '% cannot begin locked', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.locked_at IS NOT NULL THEN
        RAISE EXCEPTION '% is locked: make a new version', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.client_id <> OLD.client_id OR NEW.partnership_id <> OLD.partnership_id THEN
        RAISE EXCEPTION '% belongs to its client', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

-- What people begin to work with once it is published. Until then it is a draft, and may be thrown away.
CREATE FUNCTION carehub_published_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.published_at IS NOT NULL OR NEW.state <> 'draft' THEN
            RAISE EXCEPTION '% begins as a draft', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.published_at IS NOT NULL OR OLD.state <> 'draft' THEN
        RAISE EXCEPTION '% is published: make a new edition', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (NEW.partnership_id, NEW.form, NEW.number) IS DISTINCT FROM (OLD.partnership_id, OLD.form, OLD.number) THEN
        RAISE EXCEPTION '% belongs to its form', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
"""


#: A child of such a row. It carries its own locked_at: a look at the parent alone, under row security, finds nothing and would allow the
#: change. Not found is refused too. The parent is named with its schema: a temporary table of the same name would be asked in its place.
#: One function a parent, its queries written out: planned once a connection instead of once a row (EXECUTE took ten times as long).
_LOCKED_CHILD = """
CREATE OR REPLACE FUNCTION {parent}_locks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent_lock timestamptz;
    parent_client uuid;
    parent_agency uuid;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.locked_at IS NOT NULL THEN
            RAISE EXCEPTION '% is locked: make a new version', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
        SELECT locked_at, client_id INTO parent_lock, parent_client FROM public.{parent} WHERE id = OLD.{column} FOR SHARE;
        IF parent_client IS NULL OR parent_lock IS NOT NULL THEN
            RAISE EXCEPTION '% belongs to something locked', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.locked_at IS NOT NULL THEN
        RAISE EXCEPTION '% cannot begin locked', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.{column} IS DISTINCT FROM OLD.{column} THEN
        SELECT locked_at, client_id, agency_id INTO parent_lock, parent_client, parent_agency
            FROM public.{parent} WHERE id = NEW.{column} FOR SHARE;
        IF parent_client IS NULL OR parent_lock IS NOT NULL THEN
            RAISE EXCEPTION '% cannot be attached to something locked or out of reach', TG_TABLE_NAME
                USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
        NEW.agency_id := parent_agency;
    END IF;
    IF NEW.client_id IS DISTINCT FROM parent_client THEN
        RAISE EXCEPTION '% is about another client than what it belongs to', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$
"""


def only_once(table: str, *columns: str, anew: tuple[str, ...] = (), stay: str = "") -> list[str]:
    """Rows that are never rewritten: each of ``columns`` is filled in once, later; everything else stays as it was written.

    ``anew``: columns that may be written again and again. ``stay``: SQL about OLD: which rows are never removed, where not all.
    """
    changed = " OR ".join(f"nullif(OLD.{each}::text, '') IS NOT NULL AND NEW.{each} IS DISTINCT FROM OLD.{each}" for each in columns)
    kept = " - ".join(["to_jsonb(NEW)", *(f"'{each}'" for each in (*columns, *anew))])
    before = kept.replace("NEW", "OLD")
    return [
        f"""
        CREATE FUNCTION {table}_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {changed} OR {kept} IS DISTINCT FROM {before} THEN
                RAISE EXCEPTION '% is on record: it is not rewritten', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
            END IF;
            RETURN NEW;
        END $$
        """,
        f"CREATE TRIGGER {table}_once BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_once()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_once",
        *_never_removed(table, stay),
    ]


def _never_removed(table: str, stay: str) -> list[str]:
    refuse = "EXECUTE FUNCTION carehub_refuse('rows stay')"
    return [
        f"REVOKE {'' if stay else 'DELETE, '}TRUNCATE ON {table} FROM {APP}",
        f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} FOR EACH ROW {f'WHEN ({stay}) ' if stay else ''}{refuse}",
        f"CREATE TRIGGER {table}_keep BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_stay",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep",
    ]


def final_once(table: str, when: str) -> list[str]:
    """Rows that are worked on until ``when``, SQL about OLD, holds: from then on nobody changes or removes one."""
    return [
        f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW WHEN ({when})"
        " EXECUTE FUNCTION carehub_refuse('it stands as it was made')",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_final",
        *app_removes_none(table),
    ]


def app_removes_none(table: str) -> list[str]:
    """Records that are changed, and that no page throws away."""
    return [f"REVOKE DELETE, TRUNCATE ON {table} FROM {APP}"]


def append_only(table: str) -> list[str]:
    """Rows are added and read. Nobody changes or removes one, the owner included; disposal will be a function of its own."""
    refuse = "EXECUTE FUNCTION carehub_refuse('rows are only added')"
    return [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_keep BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep",
    ]


def of_agency(table: str) -> list[str]:
    """Rows get the agency of whoever writes them, and keep it."""
    return [
        f"CREATE TRIGGER {table}_agency BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION carehub_agency_of_actor()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_agency",
        *agency_stays(table),
    ]


def agency_stays(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE OF agency_id ON {table} FOR EACH ROW EXECUTE FUNCTION carehub_agency_stays()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_stays",
    ]


def agency_of_parent(table: str, parent: str, column: str) -> list[str]:
    """Rows get the agency of what they belong to. A parent out of reach is not found, and then there is none: refused."""
    return [
        f"""
        CREATE FUNCTION {table}_agency() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.agency_id := (SELECT agency_id FROM public.{parent} WHERE id = NEW.{column});
            RETURN NEW;
        END $$
        """,
        f"CREATE TRIGGER {table}_agency BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_agency()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_agency",
        *agency_stays(table),
    ]


def _lock(table: str, function: str) -> list[str]:
    # ENABLE ALWAYS: session_replication_role would switch an ordinary trigger off.
    return [
        f"REVOKE TRUNCATE ON {table} FROM {APP}",
        f"CREATE TRIGGER {table}_lock BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}",
        f"CREATE TRIGGER {table}_keep BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION carehub_refuse('locked rows stay')",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_lock",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep",
    ]


def locks_itself(table: str) -> list[str]:
    return _lock(table, "carehub_locked_row()")


def locked_when_published(table: str) -> list[str]:
    return _lock(table, "carehub_published_row()")


def locked_with(table: str, parent: str, column: str) -> list[str]:
    return [_LOCKED_CHILD.format(parent=parent, column=column), *_lock(table, f"{parent}_locks()")]
