CREATE SCHEMA app;
CREATE TABLE app.t (a integer);
COMMENT ON TABLE app.t IS 'old';
INSERT INTO app.t VALUES (1);
