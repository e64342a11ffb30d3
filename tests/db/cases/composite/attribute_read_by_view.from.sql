CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b text);
CREATE TABLE app.t (id integer, v app.c);
CREATE VIEW app.parts AS SELECT id, (v).a, (v).b FROM app.t;
INSERT INTO app.t VALUES (1, (7, 'x'));
