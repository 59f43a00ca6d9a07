/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnAutosave: one thread for each writing, which is waited for where it matters: a copy is written
 * in milliseconds, and what was given up must not turn up again. */
#include "engine/tn-autosave.h"

#include "engine/tn-handover.h"

/* One writing; the thread's and its answer's. */
typedef struct
{
  gint ref_count;

  /* Set before the thread starts, then only read. */
  TnRecovery *copy;
  TnGraph *graph;
  char *path;
  char *title;
  GMainContext *context;

  GError *error; /* of the thread until it has ended */

  TnAutosave *autosave; /* of the thread that asked; NULL: nobody listens any more */
} Writing;

struct _TnAutosave
{
  /* owned */
  TnDocument *document;
  TnRecovery *copy; /* NULL: nothing is kept */
  char *folder;
  GThread *thread; /* of the writing under way */
  Writing *writing;

  TnAutosaveFunc failed;
  gpointer data;

  /* state */
  guint timeout;     /* nonzero: there are changes that are not in the copy */
  guint64 kept;      /* generation of the document in the copy */
  gboolean was_told; /* that nothing can be kept */
};

static void
writing_unref (gpointer data)
{
  Writing *writing = data;

  if (!g_atomic_int_dec_and_test (&writing->ref_count))
    return;
  tn_recovery_unref (writing->copy);
  tn_graph_unref (writing->graph);
  g_free (writing->path);
  g_free (writing->title);
  g_main_context_unref (writing->context);
  g_clear_error (&writing->error);
  g_free (writing);
}

static void
tell (TnAutosave *self, const GError *error)
{
  if (error == NULL || self->was_told)
    return;
  self->was_told = TRUE;
  if (self->failed != NULL)
    self->failed (error->message, self->data);
}

/* The writing under way is waited for and done with. */
static void
settle (TnAutosave *self)
{
  if (self->thread == NULL)
    return;
  g_thread_join (g_steal_pointer (&self->thread));
  self->writing->autosave = NULL;
  tell (self, self->writing->error);
  g_clear_pointer (&self->writing, writing_unref);
}

static gboolean
written_cb (gpointer data)
{
  Writing *writing = data;

  TN_HANDOVER_ACQUIRE (writing);
  if (writing->autosave != NULL)
    settle (writing->autosave);
  return G_SOURCE_REMOVE;
}

static gpointer
writing_run (gpointer data)
{
  Writing *writing = data;

  tn_recovery_write (writing->copy, writing->graph, writing->path, writing->title, &writing->error);
  tn_handover (writing->context, written_cb, writing, writing_unref);
  return NULL;
}

static void
write_copy (TnAutosave *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->timeout, g_source_remove);
  settle (self);
  if (self->copy == NULL)
    self->copy = tn_recovery_new (self->folder, &error);
  if (self->copy == NULL)
    {
      tell (self, error);
      return;
    }
  self->kept = tn_document_generation (self->document);
  self->writing = g_new0 (Writing, 1);
  self->writing->ref_count = 2;
  self->writing->autosave = self;
  self->writing->copy = tn_recovery_ref (self->copy);
  self->writing->graph = tn_graph_ref (tn_document_graph (self->document));
  self->writing->path = g_strdup (tn_document_path (self->document));
  self->writing->title = g_strdup (tn_document_title (self->document));
  self->writing->context = g_main_context_ref_thread_default ();
  self->thread = g_thread_new ("autosave", writing_run, self->writing);
}

static gboolean
timeout_cb (gpointer data)
{
  write_copy (data);
  return G_SOURCE_REMOVE;
}

static void
forget (TnAutosave *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  settle (self);
  if (self->copy == NULL)
    return;
  tn_recovery_forget (self->copy);
  g_clear_pointer (&self->copy, tn_recovery_unref);
}

static void
follow (TnAutosave *self)
{
  if (!tn_document_is_modified (self->document))
    forget (self);
  else if (self->timeout == 0
           && (self->copy == NULL || self->kept != tn_document_generation (self->document)))
    self->timeout = g_timeout_add_seconds (TN_AUTOSAVE_DELAY, timeout_cb, self);
}

TnAutosave *
tn_autosave_new (TnDocument *document, const char *folder, TnRecovery *copy, TnAutosaveFunc failed,
                 gpointer data)
{
  TnAutosave *self;

  g_return_val_if_fail (TN_IS_DOCUMENT (document) && folder != NULL, NULL);
  self = g_new0 (TnAutosave, 1);
  self->document = g_object_ref (document);
  self->folder = g_strdup (folder);
  self->failed = failed;
  self->data = data;
  if (copy != NULL)
    {
      self->copy = tn_recovery_ref (copy);
      self->kept = tn_document_generation (document);
    }
  g_signal_connect_swapped (document, "changed", G_CALLBACK (follow), self);
  g_signal_connect_swapped (document, "notify::modified", G_CALLBACK (follow), self);
  follow (self);
  return self;
}

void
tn_autosave_free (TnAutosave *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->document, self);
  forget (self);
  g_object_unref (self->document);
  g_free (self->folder);
  g_free (self);
}

void
tn_autosave_flush (TnAutosave *self)
{
  if (self->timeout != 0)
    write_copy (self);
  settle (self);
}
