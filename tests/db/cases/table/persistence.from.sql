CREATE SCHEMA app;
CREATE TABLE app.t (a integer GENERATED ALWAYS AS IDENTITY, b text);
INSERT INTO app.t (b) VALUES ('x'), ('y');
