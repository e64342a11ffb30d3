-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s MAXVALUE 100;
SELECT nextval('app.s');
SELECT nextval('app.s');
