CREATE SCHEMA app;
CREATE TYPE app.pair AS (x integer, y text);
CREATE TABLE app.t (x integer, y text);
INSERT INTO app.t VALUES (1, 'a');
