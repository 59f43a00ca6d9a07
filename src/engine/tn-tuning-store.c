/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tuning of this machine in a file of its own: homes are shared between machines. */
#include "engine/tn-tuning-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"

/* Many times what TN_TUNING_MOST entries take is no tuning. */
#define MOST_BYTES (4 << 20)

char *
tn_tuning_store_path (void)
{
  g_autofree char *machine = tn_tuning_machine ();
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, machine, -1);
  g_autofree char *name = g_strdup_printf ("tuning-%.16s.ini", sum);

  return g_build_filename (g_get_user_cache_dir (), "tenon", name, NULL);
}

/* What is no plain file, or large, is not read: it could be without end. */
static char *
read_file (const char *path, gsize *length)
{
  int file = g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  struct stat status;
  g_autofree char *text = NULL;
  gsize n = 0;

  if (file < 0)
    return NULL;
  if (fstat (file, &status) == 0 && S_ISREG (status.st_mode) && status.st_size > 0
      && status.st_size <= MOST_BYTES)
    {
      text = g_malloc ((gsize)status.st_size);
      while (n < (gsize)status.st_size)
        {
          gssize some = read (file, text + n, (gsize)status.st_size - n);

          if (some < 0 && errno == EINTR)
            continue;
          if (some <= 0)
            break;
          n += (gsize)some;
        }
    }
  close (file);
  *length = n;
  return g_steal_pointer (&text);
}

TnTuning *
tn_tuning_store_load (void)
{
  g_autofree char *path = tn_tuning_store_path ();
  gsize length = 0;
  g_autofree char *text = read_file (path, &length);

  return text != NULL ? tn_tuning_from_text (text, length) : NULL;
}

gboolean
tn_tuning_store_save (const TnTuning *tuning, GError **error)
{
  g_autofree char *path = tn_tuning_store_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = tn_tuning_to_text (tuning);
  g_autoptr (GError) failure = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("The folder %s cannot be made: %s."), folder,
                   g_strerror (errno));
      return FALSE;
    }
  if (!g_file_set_contents_full (path, text, (gssize)strlen (text), G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, &failure))
    {
      g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("What was found out cannot be kept: %s."),
                   failure->message);
      return FALSE;
    }
  return TRUE;
}
