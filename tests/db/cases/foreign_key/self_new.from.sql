CREATE SCHEMA app;
CREATE TABLE app.kept (id integer);
INSERT INTO app.kept VALUES (1);
