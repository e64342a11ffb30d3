CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b text);

CREATE TABLE app.t (id integer PRIMARY KEY, v app.c, w app.c[]);
INSERT INTO app.t VALUES (1, (1, 'x'), ARRAY[(2, 'y')]::app.c[]), (2, NULL, NULL);
