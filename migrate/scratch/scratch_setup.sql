-- The registry of scratch databases, in the administrative database. No parameters, no rows. Serves 12 and newer.
DO $setup$
BEGIN
    CREATE SCHEMA IF NOT EXISTS pgdeck;
    CREATE TABLE IF NOT EXISTS pgdeck.server (
        only_one       boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        server_version integer NOT NULL, -- that all databases were made by
        token          text    NOT NULL, -- see scratch_superuser.sql
        password       text    NOT NULL  -- of the plain role
    );
    CREATE TABLE IF NOT EXISTS pgdeck.database (
        id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind         text NOT NULL CHECK (kind IN ('spare', 'work', 'state')),
        key          text UNIQUE,        -- of a state: the hash chain of what made it
        copy_of      text,               -- of a spare: the key of the state that it is a copy of; NULL: it is empty
        database_oid oid,                -- of a state: another database of its name is not it
        size_bytes   bigint,
        used_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        extensions   text,               -- digest of what could be installed; NULL: nothing was missing
        findings     text                -- JSON
    );
    CREATE TABLE IF NOT EXISTS pgdeck.blame ( -- what was found out, for as long as it may be asked again
        key   text NOT NULL,             -- of a state
        fact  text NOT NULL,             -- digest
        blame text NOT NULL,             -- '': no file set it
        at    timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (key, fact)
    );
END
$setup$
