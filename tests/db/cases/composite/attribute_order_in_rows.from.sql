CREATE SCHEMA app;
CREATE TYPE app.c AS (a text, b text);

CREATE TABLE app.t (id integer PRIMARY KEY, v app.c, w app.c[]);
INSERT INTO app.t VALUES (1, ('a', 'b'), ARRAY[('c', 'd')]::app.c[]), (2, NULL, NULL);
