-- loses: app.t.v
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer);
CREATE TABLE app.t (id integer, v app.c);
CREATE VIEW app.parts AS SELECT id, (v).a FROM app.t;
INSERT INTO app.t VALUES (1, ROW(7));
