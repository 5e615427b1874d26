-- Whether personal data that an audit found in a text stands in the request's prompt as well.

alter table store.personal_data add column in_prompt boolean;
