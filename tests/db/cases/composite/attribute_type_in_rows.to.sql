-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (a bigint, b varchar(20));

CREATE TABLE app.t (id integer PRIMARY KEY, v app.c, w app.c[]);
INSERT INTO app.t VALUES (1, (1, 'x, "y"'), ARRAY[(2, 'y')]::app.c[]), (2, NULL, NULL), (3, (NULL, ''), '{}');
