-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (a bigint, b bigint, CONSTRAINT k CHECK (a < b));
INSERT INTO app.t VALUES (5, 6);
