-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s;
CREATE TABLE app.t (id bigint DEFAULT nextval('app.s'), "n n" integer);
INSERT INTO app.t ("n n") VALUES (1), (2);
ALTER SEQUENCE app.s OWNED BY app.t.id;
