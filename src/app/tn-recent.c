/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that were last opened or saved here, out of the desktop's list of all programs. */
#include "app/tn-recent.h"

#include "base/tn-i18n.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  GtkRecentInfo *const *first = a, *const *second = b;

  return g_date_time_compare (gtk_recent_info_get_modified (*second),
                              gtk_recent_info_get_modified (*first));
}

GPtrArray *
tn_recent_files (guint most)
{
  GList *items = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)gtk_recent_info_unref);

  for (GList *item = items; item != NULL; item = item->next)
    if (gtk_recent_info_has_application (item->data, TN_APP_ID)
        && gtk_recent_info_exists (item->data))
      g_ptr_array_add (files, gtk_recent_info_ref (item->data));
  g_list_free_full (items, (GDestroyNotify)gtk_recent_info_unref);
  g_ptr_array_sort (files, compare);
  if (files->len > most)
    g_ptr_array_set_size (files, (int)most);
  return files;
}

char *
tn_recent_folder (GtkRecentInfo *info)
{
  g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (info));
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;
  const char *home = g_get_home_dir ();

  if (path == NULL)
    return gtk_recent_info_get_uri_display (info);
  if (home != NULL && g_str_has_prefix (path, home)
      && (path[strlen (home)] == '/' || path[strlen (home)] == '\0'))
    return g_strconcat ("~", path + strlen (home), NULL);
  return g_steal_pointer (&path);
}

char *
tn_recent_age (GtkRecentInfo *info)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_to_local (gtk_recent_info_get_modified (info));
  GDate today, day;

  g_date_clear (&today, 1);
  g_date_clear (&day, 1);
  g_date_set_dmy (&today, (GDateDay)g_date_time_get_day_of_month (now),
                  (GDateMonth)g_date_time_get_month (now), (GDateYear)g_date_time_get_year (now));
  g_date_set_dmy (&day, (GDateDay)g_date_time_get_day_of_month (then),
                  (GDateMonth)g_date_time_get_month (then), (GDateYear)g_date_time_get_year (then));

  int days = g_date_days_between (&day, &today);
  if (days <= 0)
    return g_strdup (_ ("today"));
  if (days == 1)
    return g_strdup (_ ("yesterday"));
  if (days < 31)
    return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (gulong)days), days);
  /* Translators: the day on which a file was last used, as strftime writes it. */
  return g_date_time_format (then, _ ("%-d %B %Y"));
}
