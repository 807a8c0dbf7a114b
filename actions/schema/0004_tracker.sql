-- What Rasa remembers of a conversation: its current session, in redacted words. bot/rasa_ext/tracker_store.py reads and writes it, and
-- creates it too where Rasa runs alone, hence "if not exists".
create table if not exists tracker (
    conversation text primary key,          -- Rasa's sender_id: the conversation's pseudonym
    events jsonb not null,                  -- the session's events, oldest first
    updated_at timestamptz not null
) with (fillfactor = 70);                   -- every turn rewrites its row: room for the new version beside the old one
