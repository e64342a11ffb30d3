-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s CYCLE;
SELECT nextval('app.s');
SELECT nextval('app.s');
