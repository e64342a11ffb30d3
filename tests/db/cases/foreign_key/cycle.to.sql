-- differences: 2
-- loses: app.a, app.b
CREATE SCHEMA app;
CREATE TABLE app.kept (id integer);
CREATE TABLE app.a (id integer PRIMARY KEY, b integer);
CREATE TABLE app.b (id integer PRIMARY KEY, a integer REFERENCES app.a);
ALTER TABLE app.a ADD FOREIGN KEY (b) REFERENCES app.b;
INSERT INTO app.a VALUES (1, NULL);
INSERT INTO app.b VALUES (1, 1);
UPDATE app.a SET b = 1;
INSERT INTO app.kept VALUES (1);
