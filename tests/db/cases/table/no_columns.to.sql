-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.kept (a integer);
CREATE TABLE app.none ();
INSERT INTO app.kept VALUES (1);
