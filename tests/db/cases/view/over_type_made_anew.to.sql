-- differences: 1
-- privileges
CREATE SCHEMA app;
CREATE ROLE reader;
CREATE TYPE app.mood AS ENUM ('glad', 'sad');
GRANT USAGE ON TYPE app.mood TO reader;
COMMENT ON TYPE app.mood IS 'how it goes';
CREATE TABLE app.people (id bigint PRIMARY KEY, name text, mood app.mood NOT NULL DEFAULT 'glad');
INSERT INTO app.people VALUES (1, 'ann', 'glad'), (2, 'bob', 'sad');
CREATE TABLE app.log (id bigint, what text);
ALTER TABLE app.people ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE VIEW app.moods AS SELECT id, mood FROM app.people WHERE mood <> 'sad';
CREATE MATERIALIZED VIEW app.counts AS SELECT mood, count(*) AS number FROM app.moods GROUP BY mood;
CREATE UNIQUE INDEX counts_key ON app.counts (mood);
GRANT SELECT ON app.moods TO reader;
GRANT SELECT (mood) ON app.people TO reader;
COMMENT ON COLUMN app.moods.mood IS 'not sad';
CREATE TRIGGER cheer BEFORE UPDATE ON app.people FOR EACH ROW WHEN (new.mood = 'sad') EXECUTE FUNCTION app.note();
CREATE TRIGGER store INSTEAD OF INSERT ON app.moods FOR EACH ROW EXECUTE FUNCTION app.note();
CREATE POLICY glad ON app.people USING (mood = 'glad');
CREATE RULE log AS ON UPDATE TO app.people WHERE old.mood = 'sad' DO ALSO INSERT INTO app.log VALUES (new.id, new.mood::text);
CREATE STATISTICS app.people_stat ON mood, name FROM app.people;
CREATE PUBLICATION feed FOR TABLE app.people (id, mood) WHERE (id > 0), app.log;
