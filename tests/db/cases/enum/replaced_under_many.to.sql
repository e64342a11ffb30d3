-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('done', 'new');
COMMENT ON TYPE app.state IS 'of a job';
CREATE DOMAIN app.open_state AS app.state DEFAULT 'new' CHECK (VALUE <> 'done');
CREATE TYPE app.entry AS (at date, state app.state, before app.state[]);
CREATE FUNCTION app.is_open(app.state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT $1 <> 'done'$$;
CREATE FUNCTION app.first() RETURNS app.state LANGUAGE sql AS $$SELECT 'new'::app.state$$;
CREATE TABLE app.jobs (
    id integer PRIMARY KEY,
    state app.state NOT NULL DEFAULT 'new',
    past app.state[] DEFAULT '{new}',
    open app.open_state,
    log app.entry,
    CONSTRAINT stated CHECK (state IN ('new', 'done'))
);
CREATE INDEX jobs_state ON app.jobs (state) WHERE state <> 'done';
CREATE INDEX jobs_open ON app.jobs (app.is_open(state));
CREATE VIEW app.new_jobs AS SELECT id, state FROM app.jobs WHERE state = 'new';
COMMENT ON COLUMN app.jobs.state IS 'now';
INSERT INTO app.jobs VALUES
    (1, 'new', '{}', 'new', '(2020-01-01,new,"{new,done}")'), (2, 'done', '{new,done}', NULL, NULL), (3, 'new', NULL, 'new', '(,,)');
