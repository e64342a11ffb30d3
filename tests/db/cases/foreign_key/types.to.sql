-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.p (id text PRIMARY KEY);
CREATE TABLE app.t (p text REFERENCES app.p);
INSERT INTO app.p VALUES (1);
INSERT INTO app.t VALUES (1);
