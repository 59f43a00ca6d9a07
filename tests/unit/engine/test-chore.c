/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chores: done elsewhere, told here, given up without a trace. */
#include "engine/tn-chore.h"

typedef struct
{
  GThread *worked_in;
  gboolean fails;
  gint *n_freed;
  gint *n_cancelled;
} Work;

typedef struct
{
  guint n_told;
  gboolean failed;
  GMainLoop *loop;
} Told;

static gboolean
work (gpointer data, GCancellable *cancellable, GError **error)
{
  Work *self = data;

  self->worked_in = g_thread_self ();
  g_assert_true (self->worked_in != NULL);
  if (self->n_cancelled != NULL)
    {
      while (!g_cancellable_is_cancelled (cancellable))
        g_usleep (1000);
      g_atomic_int_inc (self->n_cancelled);
    }
  if (self->fails)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no");
  return !self->fails;
}

static void
work_free (gpointer data)
{
  Work *self = data;

  g_atomic_int_inc (self->n_freed);
  g_free (self);
}

static void
told_cb (TnChore *chore, const GError *error, gpointer data)
{
  Told *told = data;

  told->n_told++;
  told->failed = error != NULL;
  tn_chore_free (chore); /* as those do that close their dialog */
  g_main_loop_quit (told->loop);
}

static void
test_done (void)
{
  for (int fails = 0; fails <= 1; fails++)
    {
      gint n_freed = 0;
      Work *self = g_new0 (Work, 1);
      Told told = { .loop = g_main_loop_new (NULL, FALSE) };

      self->fails = fails;
      self->n_freed = &n_freed;
      tn_chore_start (work, self, work_free, told_cb, &told);
      g_main_loop_run (told.loop);
      g_assert_cmpuint (told.n_told, ==, 1);
      g_assert_true (told.failed == fails);
      g_assert_cmpint (g_atomic_int_get (&n_freed), ==, 1);
      g_main_loop_unref (told.loop);
    }
}

static void
test_given_up (void)
{
  gint n_freed = 0, n_cancelled = 0;
  Work *self = g_new0 (Work, 1);
  Told told = { 0 };

  self->n_freed = &n_freed;
  self->n_cancelled = &n_cancelled;
  tn_chore_free (tn_chore_start (work, self, work_free, told_cb, &told));
  while (g_atomic_int_get (&n_freed) == 0)
    g_usleep (1000);
  for (guint i = 0; i < 50; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
  g_assert_cmpint (n_cancelled, ==, 1);
  g_assert_cmpuint (told.n_told, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/chore/done", test_done);
  g_test_add_func ("/engine/chore/given-up", test_given_up);
  return g_test_run ();
}
