CREATE SCHEMA app;
CREATE DOMAIN app.d AS text;
CREATE TYPE app.c AS (v app.d);
CREATE TABLE app.t (id integer PRIMARY KEY, v app.d[], c app.c);
INSERT INTO app.t VALUES (1, '{a,b}', '(x)');
