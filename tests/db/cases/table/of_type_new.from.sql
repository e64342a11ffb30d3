CREATE SCHEMA app;
CREATE TYPE app.pair AS (x integer, y text);
CREATE TABLE app.kept (x integer, y text);
INSERT INTO app.kept VALUES (1, 'a');
