CREATE SCHEMA app;
CREATE TABLE app.t (a integer);
INSERT INTO app.t VALUES (1);
