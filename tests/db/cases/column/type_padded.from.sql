CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TABLE app.t (v character(8), w character(8)[]);
INSERT INTO app.t VALUES ('sad', '{ok,NULL}');
