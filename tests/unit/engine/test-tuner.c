/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tuning in the background, and the file that keeps what came of it. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "engine/tn-tuner.h"
#include "engine/tn-tuning-store.h"
#include "graph/tn-draft.h"
#include "layers/tn-layer.h"

static TnNodeId
add (TnDraft *draft, const char *type, const char *key, const char *value, TnNodeId from)
{
  g_autoptr (TnReport) report = tn_report_new ();
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, NULL, FALSE, report);

  g_assert_true (tn_draft_set_text (draft, id, key, value, report));
  if (from != TN_NODE_NONE)
    g_assert_true (tn_draft_connect (draft, (TnRef){ .node = from }, id, 0, 0, report));
  return id;
}

static TnFacts *
facts_new (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, "InputLayer", "batch_shape", "(None, 300)", TN_NODE_NONE);
  TnNodeId wide = add (draft, "Dense", "units", "200", input);

  add (draft, "Dense", "units", "30", wide);
  g_autoptr (TnGraph) graph = tn_draft_finish (draft);
  return tn_infer (graph, NULL, NULL);
}

typedef struct
{
  GMainLoop *loop;
  guint n_told;
} Watch;

static void
finished_cb (TnTuner *tuner, Watch *watch)
{
  g_assert_false (tn_tuner_is_running (tuner));
  watch->n_told++;
  g_main_loop_quit (watch->loop);
}

static gboolean
late_cb (gpointer data)
{
  g_error ("the tuner does not come to an end");
  return G_SOURCE_REMOVE;
}

static void
test_tune (void)
{
  g_autoptr (TnFacts) facts = facts_new ();
  g_autoptr (TnTuner) tuner = tn_tuner_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *path = tn_tuning_store_path ();
  Watch watch = { loop, 0 };
  TnRunOptions options = tn_run_options_default ();
  guint late = g_timeout_add_seconds (60, late_cb, NULL);

  g_remove (path);
  options.threads = 1;
  g_signal_connect (tuner, "finished", G_CALLBACK (finished_cb), &watch);
  g_assert_null (tn_tuner_result (tuner));
  tn_tuner_start (tuner, facts, &options);
  g_assert_true (tn_tuner_is_running (tuner));
  g_main_loop_run (loop);
  g_assert_no_error (tn_tuner_error (tuner));
  g_assert_cmpuint (tn_tuner_result (tuner)->shapes->len, ==, 2);
  g_autoptr (TnTuning) kept = tn_tuning_store_load ();
  g_assert_nonnull (kept);
  g_assert_cmpuint (tn_tuning_size (kept), ==, 2);

  /* Once more, stopped: told at once, and nothing is lost. */
  tn_tuner_start (tuner, facts, &options);
  tn_tuner_stop (tuner);
  g_assert_cmpuint (watch.n_told, ==, 2);
  g_assert_error (tn_tuner_error (tuner), TN_ERROR, TN_ERROR_CANCELLED);
  g_assert_null (tn_tuner_result (tuner));
  tn_tuner_stop (tuner);
  g_assert_cmpuint (watch.n_told, ==, 2);

  /* What cannot be kept is told all the same. */
  g_autofree char *folder = g_path_get_dirname (path);
  g_remove (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  tn_tuner_start (tuner, facts, &options);
  g_main_loop_run (loop);
  g_assert_error (tn_tuner_error (tuner), TN_ERROR, TN_ERROR_IO);
  g_assert_cmpuint (tn_tuner_result (tuner)->shapes->len, ==, 2);
  g_assert_cmpint (g_remove (folder), ==, 0);
  g_source_remove (late);
}

/* Given up while it runs, with nobody left to be told. */
static void
test_dropped (void)
{
  g_autoptr (TnFacts) facts = facts_new ();
  TnRunOptions options = tn_run_options_default ();

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (TnTuner) tuner = tn_tuner_new ();
      tn_tuner_start (tuner, facts, &options);
    }
}

static void
test_store (void)
{
  g_autofree char *path = tn_tuning_store_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (TnTuning) empty = tn_tuning_new ();
  g_autoptr (GError) error = NULL;

  g_remove (path);
  g_assert_null (tn_tuning_store_load ());
  g_assert_true (tn_tuning_store_save (empty, &error));
  g_assert_no_error (error);
  g_autoptr (TnTuning) read = tn_tuning_store_load ();
  g_assert_nonnull (read);

  /* What is no such file is none: damaged, endless, too large, a pipe that nobody writes to, a
   * folder. */
  g_assert_true (g_file_set_contents (path, "[machine\0\xff", 10, NULL));
  g_assert_null (tn_tuning_store_load ());
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_null (tn_tuning_store_load ());
  g_autofree char *large = g_strnfill (5 << 20, '#');
  g_assert_true (g_file_set_contents (path, large, 5 << 20, NULL));
  g_assert_null (tn_tuning_store_load ());
  g_remove (path);
  g_assert_cmpint (symlink ("/dev/zero", path), ==, 0);
  g_assert_null (tn_tuning_store_load ());
  g_remove (path);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (tn_tuning_store_load ());
  g_remove (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_null (tn_tuning_store_load ());
  g_assert_false (tn_tuning_store_save (empty, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *caches = g_dir_make_tmp ("tenon-caches-XXXXXX", NULL);

  /* Before anybody asks for it. */
  g_setenv ("XDG_CACHE_HOME", caches, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tuner/store", test_store);
  g_test_add_func ("/tuner/tune", test_tune);
  g_test_add_func ("/tuner/dropped", test_dropped);
  int code = g_test_run ();
  g_autofree char *path = tn_tuning_store_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_remove (path);
  g_rmdir (folder);
  g_rmdir (caches);
  return code;
}
