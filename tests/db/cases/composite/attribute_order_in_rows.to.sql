-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (b text, a text);

CREATE TABLE app.t (id integer PRIMARY KEY, v app.c, w app.c[]);
INSERT INTO app.t VALUES (1, ('b', 'a'), ARRAY[('d', 'c')]::app.c[]), (2, NULL, NULL);
