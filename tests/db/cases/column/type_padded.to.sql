-- differences: 2
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TABLE app.t (v app.mood, w app.mood[]);
INSERT INTO app.t VALUES ('sad', '{ok,NULL}');
