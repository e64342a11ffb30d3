-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s INCREMENT 5;
SELECT nextval('app.s');
SELECT nextval('app.s');
