-- differences: 1
CREATE SCHEMA app;
CREATE UNLOGGED TABLE app.t (a integer GENERATED ALWAYS AS IDENTITY, b text);
INSERT INTO app.t (b) VALUES ('x'), ('y');
