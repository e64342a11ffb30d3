-- differences: 1
-- refused: 23514
CREATE SCHEMA app;
CREATE TABLE app.t (a integer, CONSTRAINT k CHECK (a > 1));
INSERT INTO app.t VALUES (5);
