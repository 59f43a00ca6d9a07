/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures as the command line asks for them. */
#include "cli/cli-picture.h"

#include <math.h>

#include "exec/tn-run.h"
#include "formats/tn-carrier.h"

#define MARGIN   24
#define BASE_DPI 96.0

void
tn_typed_picture_clear (TnTypedPicture *typed)
{
  g_free (typed->style);
  g_free (typed->show);
  g_free (typed->theme);
  g_free (typed->direction);
  g_strfreev (typed->only);
  g_free (typed->scale);
  g_free (typed->dpi);
  g_free (typed->paper);
  g_free (typed->orientation);
  g_free (typed->heat);
  g_free (typed->wires);
}

/* A positive number of at most @most. */
static gboolean
read_number (const char *text, double most, double *number)
{
  char *end = NULL;

  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*number) && *number > 0 && *number <= most;
}

/* FALSE after a message. */
static gboolean
read_figure (const TnTypedPicture *typed, TnFigureOptions *figure)
{
  *figure = (TnFigureOptions){ .theme = TN_THEME_LIGHT };
  if (typed->style != NULL && !tn_figure_style_from_name (typed->style, &figure->style))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--style is either blocks or volumes, not “%s”."),
                   typed->style);
      return FALSE;
    }
  figure->parts = tn_figure_usual_parts (figure->style);
  if (typed->theme != NULL && !tn_theme_from_name (typed->theme, &figure->theme))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--theme is one of light, dark, print and mono, not “%s”."),
                   typed->theme);
      return FALSE;
    }
  if (typed->direction != NULL && !tn_direction_from_name (typed->direction, &figure->direction))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--direction is either down or right, not “%s”."),
                   typed->direction);
      return FALSE;
    }
  if (typed->wires != NULL && !tn_wires_from_name (typed->wires, &figure->wires))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--wires is either curved or orthogonal, not “%s”."),
                   typed->wires);
      return FALSE;
    }
  if (typed->heat != NULL && !tn_heat_from_name (typed->heat, &figure->heat))
    {
      tn_cli_fail (TN_EXIT_USAGE,
                   _ ("--heat is one of none, params, macs, memory and time, not “%s”."),
                   typed->heat);
      return FALSE;
    }
  if (typed->show != NULL && !tn_parts_from_list (typed->show, &figure->parts))
    {
      tn_cli_fail (TN_EXIT_USAGE,
                   _ ("--show is a list of shapes, kernels, names, parameters, legend and title, "
                      "separated by commas, or all or none, not “%s”."),
                   typed->show);
      return FALSE;
    }
  return TRUE;
}

/* FALSE after a message. */
static gboolean
read_picture (const TnTypedPicture *typed, TnPictureOptions *picture)
{
  double dpi;

  *picture = (TnPictureOptions){
    .scale = 1, .margin = MARGIN, .transparent = typed->transparent, .spread = typed->spread
  };
  if (typed->scale != NULL && !read_number (typed->scale, 1000, &picture->scale))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--scale needs a number above 0, as in 2 or 0.5, not “%s”."),
                   typed->scale);
      return FALSE;
    }
  if (typed->dpi != NULL)
    {
      if (!read_number (typed->dpi, 1000 * BASE_DPI, &dpi))
        {
          tn_cli_fail (TN_EXIT_USAGE, _ ("--dpi needs a number above 0, as in 300, not “%s”."),
                       typed->dpi);
          return FALSE;
        }
      if (typed->scale != NULL)
        {
          tn_cli_fail (TN_EXIT_USAGE,
                       _ ("--scale and --dpi say the same thing: give one of them."));
          return FALSE;
        }
      picture->scale = dpi / BASE_DPI;
    }
  if (typed->paper != NULL && !tn_sheet_from_name (typed->paper, &picture->sheet))
    {
      tn_cli_fail (TN_EXIT_USAGE,
                   _ ("--paper is one of drawing, a4, a3, letter and slide, not “%s”."),
                   typed->paper);
      return FALSE;
    }
  if (typed->orientation != NULL
      && !tn_orientation_from_name (typed->orientation, &picture->orientation))
    {
      tn_cli_fail (TN_EXIT_USAGE,
                   _ ("--orientation is one of auto, portrait and landscape, not “%s”."),
                   typed->orientation);
      return FALSE;
    }
  return TRUE;
}

gboolean
tn_typed_picture_check (const TnTypedPicture *typed)
{
  TnFigureOptions figure;
  TnPictureOptions picture;

  return read_figure (typed, &figure) && read_picture (typed, &picture);
}

/* The layers that are named, and those of groups that are. NULL after a message. */
static GArray *
find_layers (const TnSubject *subject, char **names)
{
  const TnGraph *graph = tn_facts_whole (subject->facts);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (; *names != NULL; names++)
    {
      const TnGroup *group = tn_graph_find_group (graph, *names);
      guint before = found->len;

      for (guint i = 0; i < tn_graph_size (graph); i++)
        {
          const TnNode *node = tn_graph_node (graph, i);
          TnNodeId id = tn_node_id (node);

          if (g_str_equal (tn_node_name (node), *names)
              || (group != NULL && tn_group_holds (group, tn_node_name (node))))
            g_array_append_val (found, id);
        }
      if (found->len == before)
        {
          tn_cli_fail (TN_EXIT_USAGE, _ ("%s has no layer or group called “%s”."), subject->file,
                       *names);
          return NULL;
        }
    }
  return g_steal_pointer (&found);
}

/* How long each layer takes, of #TnHeatTime, by a run of one batch; NULL with an error. */
static GArray *
measure_times (const TnFacts *facts, GError **error)
{
  TnRunOptions options = tn_run_options_default ();
  g_autoptr (TnPlan) plan = NULL;
  g_autoptr (TnRunResult) result = NULL;
  GArray *times;

  options.samples = options.batch;
  plan = tn_plan_new (facts, &options, NULL, error);
  if (plan != NULL)
    result = tn_plan_run (plan, NULL, NULL, NULL, error);
  if (result == NULL)
    return NULL;
  times = g_array_new (FALSE, FALSE, sizeof (TnHeatTime));
  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *layer = &g_array_index (result->layers, TnLayerRun, i);
      TnHeatTime time = { layer->node, layer->seconds };

      g_array_append_val (times, time);
    }
  return times;
}

TnExit
tn_cli_export_picture (const TnSubject *subject, const TnTypedPicture *typed, const char *output,
                       TnPictureFormat format)
{
  static const TnCarrier carriers[] = {
    [TN_PICTURE_PNG] = TN_CARRIER_PNG,
    [TN_PICTURE_SVG] = TN_CARRIER_SVG,
    [TN_PICTURE_PDF] = TN_CARRIER_PDF,
  };
  g_autoptr (TnGraph) graph = tn_layout (tn_facts_whole (subject->facts), FALSE);
  g_autoptr (GArray) only = NULL, times = NULL;
  g_autoptr (TnFigure) figure = NULL;
  g_autoptr (GBytes) picture = NULL, bytes = NULL;
  g_autoptr (GError) error = NULL;
  TnFigureOptions options;
  TnPictureOptions picture_options;

  if (!read_figure (typed, &options) || !read_picture (typed, &picture_options))
    return TN_EXIT_USAGE;
  if (typed->only != NULL)
    {
      only = find_layers (subject, typed->only);
      if (only == NULL)
        return TN_EXIT_USAGE;
      options.only = only;
    }
  if (options.heat == TN_HEAT_TIME)
    {
      times = measure_times (subject->facts, &error);
      if (times == NULL)
        return tn_cli_fail_error (error);
      options.times = times;
    }
  if (typed->direction == NULL)
    options.direction = tn_figure_usual_direction (options.style, graph);
  figure = tn_figure_new (graph, subject->facts, &options);
  picture = tn_picture_render (figure, format, &picture_options, &error);
  /* Also of a picture that is too large: --scale is what was wrong. */
  if (picture == NULL)
    return tn_cli_fail (TN_EXIT_USAGE, "%s", error->message);
  bytes = typed->no_model
              ? g_bytes_ref (picture)
              : tn_carrier_load (carriers[format], picture, tn_facts_whole (subject->facts));
  if (g_str_equal (output, "-"))
    return tn_cli_print_bytes (bytes, TN_EXIT_OK);
  if (!tn_picture_save (bytes, output, &error))
    return tn_cli_fail (TN_EXIT_USAGE, "%s", error->message);
  return TN_EXIT_OK;
}
