-- name: unfinished
-- One statement: the turn that finishes a message stores its replies in the same transaction.
select
    (select count(*) from inbox where conversation_id = %(conversation)s and finished_at is null)
    + (
        select count(*) from outbox
        where conversation_id = %(conversation)s and sent_at is null and refused_at is null
    ) as messages

-- name: case
select id, number, (select count(*) from case_message where case_id = cases.id) as messages
from cases
where conversation_id = %(conversation)s and state <> 'closed'
