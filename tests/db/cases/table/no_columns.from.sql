CREATE SCHEMA app;
CREATE TABLE app.kept (a integer);
INSERT INTO app.kept VALUES (1);
