-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (a integer);
COMMENT ON TABLE app.t IS 'new \ ''text''';
INSERT INTO app.t VALUES (1);
