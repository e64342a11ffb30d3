-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.pair AS (x integer, y text);
CREATE TABLE app.kept (x integer, y text);
CREATE TABLE app.t OF app.pair (x WITH OPTIONS NOT NULL DEFAULT 4, CONSTRAINT t_key PRIMARY KEY (x), CONSTRAINT c CHECK (y <> ''));
INSERT INTO app.kept VALUES (1, 'a');
