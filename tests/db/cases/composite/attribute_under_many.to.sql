-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b text, c date);
CREATE TYPE app.pair AS (one app.c, other app.c);
CREATE DOMAIN app.cd AS app.c;
CREATE FUNCTION app.text_of(app.c) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).b';
CREATE FUNCTION app.make(integer, text) RETURNS SETOF app.c LANGUAGE plpgsql AS 'BEGIN END';
CREATE TABLE app.t (id integer PRIMARY KEY, v app.c, p app.pair, d app.cd);
CREATE VIEW app.parts AS SELECT id, (v).b FROM app.t;
CREATE VIEW app.wholes AS SELECT id, v FROM app.t;
INSERT INTO app.t (id) VALUES (1);
INSERT INTO app.t VALUES (2, ROW(1, 'x', NULL), NULL, NULL);
