CREATE SCHEMA app;
CREATE FUNCTION app.norm(a text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
COMMENT ON FUNCTION app.norm(text) IS 'small letters';
CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE app.t (
    id integer PRIMARY KEY,
    v text DEFAULT app.norm('X') CHECK (app.norm(v) <> ''),
    n text GENERATED ALWAYS AS (app.norm(v)) STORED
);
CREATE INDEX t_norm ON app.t (app.norm(v)) WHERE app.norm(v) <> 'x';
CREATE VIEW app.tv AS SELECT id, app.norm(v) AS v FROM app.t;
CREATE MATERIALIZED VIEW app.tm AS SELECT id, app.norm(v) AS v FROM app.t;
CREATE UNIQUE INDEX tm_id ON app.tm (id);
CREATE TRIGGER stamp BEFORE UPDATE ON app.t FOR EACH ROW WHEN (app.norm(NEW.v) <> 'q') EXECUTE FUNCTION app.stamp();
CREATE POLICY p ON app.t USING (app.norm(v) = 'x');
CREATE FUNCTION app.outer() RETURNS text RETURN app.norm('Y');
INSERT INTO app.t (id, v) VALUES (1, 'A'), (2, 'B');
