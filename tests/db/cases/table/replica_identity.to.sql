-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (a integer);
ALTER TABLE app.t REPLICA IDENTITY FULL;
INSERT INTO app.t VALUES (1);
