-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.pair AS (x integer, y text);
CREATE TABLE app.t OF app.pair;
INSERT INTO app.t VALUES (1, 'a');
