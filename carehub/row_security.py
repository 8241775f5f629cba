"""The second wall, written for migrations: forced row security, append-only tables, and locks, as plain SQL.

Why each is as it is: docs/decisions/0003-two-walls.md and 0004-locks.md.
"""

OWNER, APP, COMMISSIONER = "carehub_owner", "carehub_app", "carehub_commissioner"

_PARTNERSHIP = "(SELECT nullif(current_setting('carehub.partnership', true), '')::uuid)"
_AGENCY = "(SELECT nullif(current_setting('carehub.agency', true), '')::uuid)"
_PERSON = "(SELECT nullif(current_setting('carehub.person', true), '')::uuid)"
_ON_DUTY = "(SELECT coalesce(current_setting('carehub.duty', true), '') <> '')"
_NOW = "(SELECT coalesce(nullif(current_setting('carehub.now', true), '')::timestamptz, now()))"


def reachable(column: str) -> str:
    """SQL: the acting agency or person may reach the client in ``column`` ('table.client_id') now.

    EXISTS, with the table's name before its column: PostgreSQL then looks a few rows up one by one, and for many makes a hash of all
    that the agency reaches. As IN it made the hash always, for each table of each query: 100 ms for one client's page where an agency
    reaches 12,000. The partnership stands first: without it the newest 25 of a million took twelve times as long.
    """
    mine = f"a.partnership_id = {_PARTNERSHIP} AND (a.agency_id = {_AGENCY} OR a.person_id = {_PERSON})"
    open_now = f"a.ended_at IS NULL AND a.since <= {_NOW} AND (a.until IS NULL OR a.until > {_NOW})"
    granted = f"SELECT 1 FROM carehub_access a WHERE a.client_id = {column} AND {mine} AND {open_now}"
    return f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR EXISTS ({granted}))"


def _force(table: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        # Forced row security binds the owner too: without this its data migrations would silently change nothing.
        f"CREATE POLICY {table}_owner ON {table} TO {OWNER} USING (true) WITH CHECK (true)",
    ]


def client_table(table: str, client: str = "client_id") -> list[str]:
    """A table about clients: only rows of clients in reach can be read, added, changed or removed."""
    rule = reachable(f"{table}.{client}")
    return [*_force(table), f"CREATE POLICY {table}_app ON {table} TO {APP} USING ({rule}) WITH CHECK ({rule})"]


def clients_themselves(table: str) -> list[str]:
    """The table of clients: a new one has no access yet, so adding asks for the partnership only."""
    rule = reachable(f"{table}.id")
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({rule})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (partnership_id = {_PARTNERSHIP})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({rule}) WITH CHECK ({rule})",
        f"REVOKE DELETE, TRUNCATE ON {table} FROM {APP}",
    ]


def history_table(table: str, client: str = "client_id") -> list[str]:
    """Earlier states of a live row, written by a trigger while the row may already be out of reach."""
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({reachable(f'{table}.{client}')})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (true)",
        *append_only(table),
    ]


def access_table(table: str) -> list[str]:
    """Grants: one's own are seen and ended, new ones may be given to others in the partnership."""
    mine = f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR agency_id = {_AGENCY} OR person_id = {_PERSON})"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({mine})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (partnership_id = {_PARTNERSHIP})",
        f"CREATE POLICY {table}_end ON {table} FOR UPDATE TO {APP} USING ({mine}) WITH CHECK (partnership_id = {_PARTNERSHIP})",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}",
        f"GRANT UPDATE (until, ended_at) ON {table} TO {APP}",
        # Withdrawn is withdrawn: who is let in again gets a grant of its own.
        f"CREATE TRIGGER {table}_ends BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION carehub_grant_only_ends()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_ends",
    ]


def own_table(table: str) -> list[str]:
    """Rows that are one person's alone (drafts)."""
    mine = f"partnership_id = {_PARTNERSHIP} AND person_id = {_PERSON}"
    return [*_force(table), f"CREATE POLICY {table}_app ON {table} TO {APP} USING ({mine}) WITH CHECK ({mine})"]


def notice_table(table: str) -> list[str]:
    """Notices: read by whom they are for while they may reach the client, written by whoever has something to tell."""
    mine = f"({_ON_DUTY} OR person_id = {_PERSON}) AND {reachable(f'{table}.client_id')}"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({mine})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (partnership_id = {_PARTNERSHIP})",
        f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({mine}) WITH CHECK ({mine})",
        f"REVOKE DELETE, TRUNCATE ON {table} FROM {APP}",
    ]


def log_table(table: str, *, client: str = "") -> list[str]:
    """The log: anybody may add, refusals and strangers included; reading asks for the partnership, and the client where named."""
    rule = reachable(f"{table}.{client}") if client else f"partnership_id = {_PARTNERSHIP}"
    return [
        *_force(table),
        f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({rule})",
        f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK (true)",
        *append_only(table),
    ]


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
"""


#: A child of such a row. It carries its own locked_at: a look at the parent alone, under row security, finds nothing and would allow the
#: change. Not found is refused too. The parent is named with its schema: a temporary table of the same name would be asked in its place.
#: One function a parent, its queries written out: planned once a connection instead of once a row (EXECUTE took ten times as long).
_LOCKED_CHILD = """
CREATE OR REPLACE FUNCTION {parent}_locks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent_lock timestamptz;
    parent_client uuid;
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
        SELECT locked_at, client_id INTO parent_lock, parent_client FROM public.{parent} WHERE id = NEW.{column} FOR SHARE;
        IF parent_client IS NULL OR parent_lock IS NOT NULL THEN
            RAISE EXCEPTION '% cannot be attached to something locked or out of reach', TG_TABLE_NAME
                USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
    END IF;
    IF NEW.client_id IS DISTINCT FROM parent_client THEN
        RAISE EXCEPTION '% is about another client than what it belongs to', TG_TABLE_NAME USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$
"""


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


def locked_with(table: str, parent: str, column: str) -> list[str]:
    return [_LOCKED_CHILD.format(parent=parent, column=column), *_lock(table, f"{parent}_locks()")]


def about_one_client(table: str) -> list[str]:
    """``table``'s rows can be pointed at with their client, see :func:`same_client`."""
    return [f"ALTER TABLE {table} ADD CONSTRAINT {table}_about UNIQUE (id, client_id)"]


def same_client(table: str, column: str, target: str) -> list[str]:
    """What ``column`` points at is about the same client. A plain foreign key looks past row security, at anybody's rows."""
    name = f"{table.split('_', 1)[1]}_{column.removesuffix('_id')}_of_client"
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, client_id) REFERENCES {target} (id, client_id)"]


def counts_table(table: str) -> list[str]:
    """Exact counts, kept up by a scheduled pass: read by the partnership's own roles, and by an agency where they are its own."""
    own = f"partnership_id = {_PARTNERSHIP} AND ({_ON_DUTY} OR {_AGENCY} IS NULL OR agency_id = {_AGENCY})"
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
