CREATE SCHEMA app;
CREATE TABLE app.t (a integer, b integer, CONSTRAINT k CHECK (a < b));
INSERT INTO app.t VALUES (5, 6);
